seen.push("loose " + (function () { return this === window })());
undeclared = 1;
