const name = "x";
seen.push(`outer  ${`inner   ${name}    end`}  done`);
seen.push(/[/"'`]  x/.source + " " + (4 / 2 / 1));
