const TEMPLATES = [
  '<div :a="b" @click.once="c = 1">{{ d }} <p v-if="e">f</p><q v-else v-for="(g, h) in i">{{ g + `x  y` }}</q></div>',
  '<input v-model.trim="a"><slot name="b" v-bind="c"/><!-- d -->',
];

module.exports = (vue, print) => {
  print(Object.keys(vue).sort(), vue.version);
  for (const template of TEMPLATES) print(vue.compile(template).toString());
  const state = vue.reactive({ count: 1, list: [1] });
  const total = vue.computed(() => state.count * 2 + state.list.length);
  const seen = [];
  vue.watch(() => state.count, (now, before) => seen.push([now, before]), { flush: "sync" });
  state.count = 5;
  state.list.push(2);
  print(total.value, seen, vue.normalizeClass(["a", { b: 1, c: 0 }]), vue.normalizeStyle("a:b;c:d(e;f)"));
  print(vue.toDisplayString({ a: [1] }), vue.h("div", { class: "x" }, "y").props);
};
