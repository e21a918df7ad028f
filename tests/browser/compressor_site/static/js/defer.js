seen.push("defer " + document.readyState + " " + !!document.querySelector(".last"));
