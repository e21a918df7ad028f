seen.push("defer2")
