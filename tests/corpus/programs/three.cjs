module.exports = (three, print) => {
  print(Object.keys(three).sort(), three.ShaderChunk, three.UniformsLib.common);
  for (const name in three.ShaderLib) print(three.ShaderLib[name].vertexShader, three.ShaderLib[name].fragmentShader);
  const box = new three.Mesh(new three.BoxGeometry(1, 2, 3), new three.MeshStandardMaterial({ color: "tomato" }));
  box.rotation.set(0.1, 0.2, 0.3);
  box.updateMatrixWorld();
  print(box.matrixWorld.elements, new three.Color("hsl(120, 50%, 50%)").getStyle(), box.material.type);
  const ray = new three.Raycaster(new three.Vector3(0, 0, 9), new three.Vector3(0, 0, -1));
  print(ray.intersectObject(box).map((hit) => hit.point), three.MathUtils.smoothstep(0.3, 0, 1));
  print(new three.SphereGeometry(1, 5, 4).attributes.position.array);
};
