window.seen = window.seen || [];
seen.push("one"); // the last line is a comment
