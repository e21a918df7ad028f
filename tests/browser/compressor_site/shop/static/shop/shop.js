seen.push("shop")
