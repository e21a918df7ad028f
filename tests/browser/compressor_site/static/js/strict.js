"use strict";
seen.push("strict " + (function () { return this === undefined })());
