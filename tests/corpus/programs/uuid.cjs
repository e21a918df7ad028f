
const bytes = Uint8Array.from({ length: 16 }, (_, index) => index * 17);
const time = { node: bytes.slice(0, 6), clockseq: 0x1234, msecs: 1700000000000, nsecs: 5678, random: bytes, seq: 99 };

module.exports = (uuid, print) => {
  print(Object.keys(uuid).sort(), uuid.NIL, uuid.MAX);
  for (const name of ["", "hello", "www.example.com", "ünïcödé ℵ 𠮷", "x".repeat(200)]) {
    print(uuid.v3(name, uuid.v3.DNS), uuid.v3(name, uuid.v3.URL), uuid.v5(name, uuid.v5.DNS), uuid.v5(name, uuid.NIL));
  }
  const made = [uuid.v1(time), uuid.v4({ random: bytes }), uuid.v6(time), uuid.v7(time), uuid.NIL, uuid.MAX];
  for (const id of made) print(id, uuid.version(id), uuid.validate(id), uuid.parse(id), uuid.stringify(uuid.parse(id)));
  print(uuid.v1ToV6(made[0]), uuid.v6ToV1(made[2]), uuid.stringify(bytes.map((_, index) => (index === 6 ? 64 : index === 8 ? 128 : 1))));
  for (const id of ["", "a", made[1].slice(1), made[1].toUpperCase(), null, 7]) print(uuid.validate(id));
  for (const wrong of [() => uuid.parse("x"), () => uuid.stringify(bytes.slice(1)), () => uuid.v5("a", "b"), () => uuid.version("z")]) {
    try { print(wrong()); } catch (fault) { print(fault.constructor.name, fault.message); }
  }
  print([1, 2, 3, 4, 5].map(() => uuid.v4()).every((id) => uuid.version(id) === 4), uuid.v4() !== uuid.v4());
};
