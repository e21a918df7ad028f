let shared = "let"; const also = 1; class Own {}
seen.push(shared + also + typeof Own);
