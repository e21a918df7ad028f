seen.push("reads " + shared);
