module.exports = (d3, print) => {
  print(Object.keys(d3).sort(), d3.csvParse('a,b\n"x ""y""",2'), d3.format("+$,.2f")(-1234567.891));
  print(d3.interpolateRgb("red", "#00f8")(0.3), `${d3.hsl("teal")} ${d3.color("rgb(10%, 20%, 30%)")}`);
  print(d3.geoPath(d3.geoMercator())({ type: "LineString", coordinates: [[0, 0], [30, 40], [170, -20]] }));
  print(d3.utcFormat("%Y-%m-%dT%H:%M:%S.%LZ %A %j %U")(new Date(0)), d3.utcParse("%d  %b")("3  May"));
  print(d3.contours().size([3, 3]).thresholds([0.5])([0, 0, 0, 0, 1, 0, 0, 0, 0]));
  const tree = d3.hierarchy({ children: [{ value: 1 }, { value: 2 }] }).sum((node) => node.value);
  print(d3.pack()(tree).descendants().map((node) => node.r), d3.area()([[1, 2], [3, 4]]));
  print(d3.interpolateString("1px 2em  a", "3px 4em  a")(0.5), d3.scaleLog().nice().ticks(3));
};
