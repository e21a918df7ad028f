seen.push("two")
