"""Programs that minifiers are known to break or are likely to, and node to run them in."""

import json
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

Run = Callable[[str, bool], list[str]]  # a text, and whether it is a module → what it printed

# One request a line; a fresh realm for every script, a fresh data: URL for every module.
_RUNNER: Final = r"""
const vm = require("vm");
const lines = require("readline").createInterface({ input: process.stdin });
let count = 0;
lines.on("line", async (line) => {
  const { text, module } = JSON.parse(line);
  const printed = [];
  const print = (value) => printed.push(typeof value + " " + String(value));
  try {
    if (module) {
      globalThis.print = print;
      await import(`data:text/javascript;count=${count++};base64,` + Buffer.from(text).toString("base64"));
    } else {
      vm.runInNewContext(text, { print });
    }
  } catch (fault) {
    printed.push("throws " + fault);
  }
  console.log(JSON.stringify(printed));
});
"""

SCRIPTS: Final = {
    # Templates
    "template in a template's substitution": 'x=1;print(`a ${x?`in   ner  // z`:"n"} b`)',
    "template with spaces in a template": "t=1;print(`${t?` as keys`:``}`)",
    "regexp with a back-tick in a substitution": 'print(`${"a`b".replace(/`/g,"")}  // z`)',
    "comment with a back-tick in a substitution": "print(`${1 /* ` */} y   z`)",
    "line comment with a back-tick in a substitution": "print(`${1 // `\n} y   z`)",
    "line comment with a brace in a substitution": "print(`${1 // }\n} y   z`)",
    "string with a brace in a substitution": "print(`${'}'} y   z // a`)",
    "object in a substitution": "print(`${ { a : 1 }.a } y   z // a`)",
    "function with braces in a substitution": "print(`${ (() => { if (1) { return '}   {' } })() }   z`)",
    "three levels of templates": "print(`a  ${ `b  ${ `c  //  ${ 1 }  ` }  ` }  `)",
    "template that holds a comment's ends": "print(`/*  a  */`);print(`//  b`)",
    "template over several lines": "print(`a\n   b\n\n   c`)",
    "template with carriage returns": "print(`a\r\n   b\r   c`)",
    "escaped back-tick and dollar": "print(`\\`  \\${  a`)",
    "dollar without a brace": "print(`$  $$  {  }  `)",
    "tagged template after a line end": "tag=s=>s.raw[0];print(tag\n`a   b`)",
    "template after a keyword": "f=()=>{return`a   b`};print(f())",
    "template after a regexp": "print(/a/[Symbol.replace]`b`)",
    "division after a template": "print(`8`/2/`2`)",
    "template's end before a regexp-like division": "a=2,g=1;print(`${a}`/a/g)",
    # Class fields and other semicolons that line ends stand for
    "private fields on their own lines": "class A{#a = 1\n#b = 2\nc(){return this.#a+this.#b}}print(new A().c())",
    "private fields after braces": "class A{#a = {}\n#b = 2\nc(){return this.#b}}print(new A().c())",
    "private fields after a string": "class A{#a = 'x'\n#b = 2\nc(){return this.#b}}print(new A().c())",
    "private fields after a parenthesis": "class A{#a = (1)\n#b = 2\nc(){return this.#b}}print(new A().c())",
    "private fields after a bracket": "class A{#a = [1]\n#b = 2\nc(){return this.#b}}print(new A().c())",
    "private fields after a template": "class A{#a = `1`\n#b = 2\nc(){return this.#b}}print(new A().c())",
    "private fields after a regexp": "class A{#a = /1/\n#b = 2\nc(){return this.#b}}print(new A().c())",
    "fields without a value": "class A{a\nb\n'c'\n1\n['d']\n#e\nstatic\nf}print(Object.keys(new A()))",
    "field before a generator method": "class A{a\n*b(){yield 3}}print(new A().b().next().value)",
    "field named get before a generator": "class A{get\n*b(){yield 3}}print('get' in new A())",
    "field named static before a method": "class A{static\nb(){return 1}}print(A.b())",
    "getter on two lines": "class A{get\nb(){return 1}}print(new A().b)",
    "async method and field": "class A{async\nb(){return 1}}print(new A().b())",
    "field before a computed method": "class A{a\n['b'](){return 1}}print(new A().b())",
    "field before a static block": "class A{a=1\nstatic{print(2)}}",
    "keyword named members": "class A{catch={}\nelse(){return 1}\nin=2\nof(){}}print(new A().else())",
    "return and line end": "f=()=>{return\n1};print(f())",
    "return and line end in a comment": "f=()=>{return/*\n*/1};print(f())",
    "return and line end before a brace": "f=()=>{return\n{a:1}};print(f())",
    "return and line end before a parenthesis": "f=()=>{return\n(1)};print(f())",
    "return and line end before a sign": "f=()=>{return\n-1};print(f())",
    "return and line end before a template": "f=()=>{return\n`a`};print(f())",
    "return and line end before a regexp": "f=()=>{return\n/a/};print(f())",
    "return and a comment without line end": "f=()=>{return/* */1};print(f())",
    "return, line comment, value": "f=()=>{return// a\n1};print(f())",
    "break and line end before a label": "a:for(;;){for(;;){break\na}print(1);break}",
    "break and a label": "a:for(;;){for(;;){break a}}print(1)",
    "continue and line end before a parenthesis": "for(i=0;i<2;i++){if(i)continue\n(print(i))}",
    "throw": "try{throw [1]}catch(e){print(e[0])}",
    "yield and line end": "function*f(){yield\n1}print(f().next().value)",
    "yield and line end before a bracket": "function*f(){yield\n[1]}print(f().next().value)",
    "yield a regexp": "function*f(){yield /a  b/}print(f().next().value)",
    "postfix and prefix over a line end": "a=1,b=1;a\n++\nb\nprint([a,b])",
    "prefix after a line end": "a=1,b=1;c=a\n--b\nprint([a,b,c])",
    "prefix after a line end in a comment": "a=1,b=1;c=a/*\n*/++b\nprint([a,b,c])",
    "postfix before a line end": "a=1;a++\nb=a\nprint(b)",
    "arrow's body on the next line": "f=()=>\n1\nprint(f())",
    "async on its own line": "async=1;async\nfunction f(){return 1}print(f())",
    "declaration without a value before a parenthesis": "var x\n(print(1))",
    "declaration without a value before a bracket": "var x\n[1].map(print)",
    "let without a value before a template": "let x\n`a`\nprint(x)",
    "declaration without a value before a brace": "var x\n{print(1)}",
    "regexp after a declaration without a value": "var x\n/a  b/.test('a  b')&&print(1)",
    "regexp after a declaration of several names": "let x=1,y\n/a  b/.test('a  b')&&print(1)",
    "regexp after names with commas first": "var x=()=>{}\n// a\n  ,y\n/a  b/.test('a  b')&&print(1)",
    "division after a comma that ends no name": "var x=1,y=8,g=2\nx,y\n/2/g\nprint(x,y)",
    "line end in a comment between declarations": "var a=1/*\n*/var b=2;print(a+b)",
    "statement after a brace: string": "function f(){}\n'x'.length\nprint(1)",
    "string after an object": "a={}\n'x';print(typeof a)",
    "tilde after a function": "a=function(){return 1}\n~print(1)",
    "exclamation mark after an object": "a={}\n!print(1)",
    "minus after an object": "a={}\n-print(1);print(a)",
    "plus after a name": "b=1;a=b\n+print(1);print(a)",
    "parenthesis after a function": "a=function(b){return b}\n(1)\nprint(a)",
    "bracket after an array": "a=[1,2]\n[1]\nprint(a)",
    "slash after a name": "b=4,g=2;a=b\n/2/g\nprint(a)",
    "regexp after debugger": "debugger\n/a  b/.test('a  b')&&print(1)",
    "dot after a line end": "print('abc'\n.length\n.toString()\n?.length)",
    "number with a dot after a line end": "a={}\n.5\nprint(typeof a)",
    "comma first": "a=[1\n,2\n]\nprint(a)",
    "conditional on several lines": "a=1\n?2\n:3\nprint(a)",
    "else on its own line": "if(0)print(1)\nelse print(2)",
    "else after an object": "if(0)a={}\nelse a=2\nprint(a)",
    "do and while on their own lines": "i=0\ndo i++\nwhile(i<3)\nprint(i)",
    "statement after do while": "i=0\ndo i++; while(i<3) print(i)",
    "catch and finally on their own lines": "try{throw 1}\ncatch{print(1)}\nfinally{print(2)}",
    "if without braces": "if(0)\nprint(1)\nprint(2)",
    "empty statement after if": "if(1)\n;print(2)",
    "for with an empty body": "for(i=0;i<3;i++);print(i)",
    "label on its own line": "a:\nfor(;;)break a\nprint(1)",
    "case on its own line": "switch(1){case 1:\nprint(1)\ndefault:\nprint(2)}",
    "in and instanceof after a line end": "a='b'\nin\n{b:1}\nprint(a instanceof\nObject)",
    "let as a name": "let\nx=1\nprint(x)",
    "get, set, static, of as names": "get=1\nset=2\nof=3\nprint(get+set+of)",
    "line separator ends a statement": "a=1\u2028b=2\u2029print(a+b)",
    "line separator ends a line comment": "a=1// x\u2028b=2// y\u2029print(a+b)",
    "line separator in a block comment": "a=1/*\u2028*/b=2;print(a+b)",
    "line separator in a string": "print('a\u2028  b'.length)",
    "carriage return ends a statement": "a=1\rb=2\r\nprint(a+b)",
    "carriage return in a block comment": "a=1/*\r*/b=2;print(a+b)",
    # Regular expressions and divisions
    "regexp after typeof": "print(typeof /a  b/)",
    "regexp after case": "switch(1){case /a  b/:case 1:print(1)}",
    "regexp after in": "print('source' in /a  b/)",
    "regexp after instanceof": "try{1 instanceof /a  b/}catch(e){print(e.name)}",
    "regexp after void": "print(void /a  b/.test(''))",
    "regexp after do": "do /a  b/.test(print(1)); while(0)",
    "regexp after else": "if(0);else /a  b/.test(print(1))",
    "regexp after an arrow": "f=()=>/a  b/;print(f().source)",
    "regexp after of": "try{for(a of /a  b/);}catch(e){print(e.name)}",
    "regexp after throw": "try{throw /a  b/}catch(e){print(e.source)}",
    "regexp after return": "f=()=>{return /a  b/};print(f().source)",
    "regexp after delete": "print(delete /a  b/.x)",
    "regexp after spread": "try{print(.../a  b/)}catch(e){print(e.name)}",
    "regexp after new": "try{new /a  b/}catch(e){print(e.name)}",
    "regexp after await in an async function": "(async()=>{await /a  b/})();print(1)",
    "regexp after a condition": "if(1)/a  b/.test(print(1))",
    "regexp after while": "i=0;while(i++<1)/a  b/.test(print(1))",
    "regexp after a block": "{}/a  b/.test(print(1))",
    "regexp after a function declaration": "function f(){}/a  b/.test(print(1))",
    "division after a function expression": "a=2,g=1;print((function(){}/a/g))",
    "division after an object": "a=2,g=1;b={}/a/g;print(b)",
    "division after a call": "a=2,g=1;f=()=>8;print(f()/a/g)",
    "division after an index": "a=[8],g=1;print(a[0]/2/g)",
    "division after increment": "a=7,g=1;print(a++/2/g)",
    "division after this": "a=2,g=1;print(isNaN(this/a/g))",
    "division after a property named return": "a={return:8},g=1;print(a.return/2/g)",
    "division after an optional property named typeof": "a={typeof:8},g=1;print(a?.typeof/2/g)",
    "division after a private name": "g=1;class A{#in=8;f(){return this.#in/2/g}}print(new A().f())",
    "division after a number": "g=1;print(8 /2/ g)",
    "division of a regexp": "print(isNaN(1 / /2/.source))",
    "division by a regexp": "a=1;print(isNaN(a / /2/))",
    "division after a regexp": "print(isNaN(/a/ / 2))",
    "regexp divided by a regexp": "print(isNaN(/a/ / /b/))",
    "regexp before in": "print(/a/ in {'/a/':1})",
    "regexp with flags before instanceof": "print(/a/gi instanceof RegExp)",
    "regexp with quotes": "print(/'  \"/.source)",
    "regexp with a slash in a class": "print(/[/  '\"]/.source)",
    "regexp with a bracket in a class": "print(/[[\\]  /]/.source)",
    "regexp with a comment's start in it": "print(/a\\/*  [/*]/.source)",
    "regexp with an escaped slash": "print(/a\\/  \\//.source)",
    "regexp with nested classes": "print(/[[a  b]--[b]]/v.source)",
    "regexp that looks like a comment's end": "print(/a*/.source)",
    "yield times a regexp": "function*f(){yield*/a  b/.source}print([...f()])",
    "divide and assign": "a=8;a/=2/1;print(a)",
    "regexp that starts with an equals sign": "print(/=  a/.source)",
    # HTML-like comments
    "less, not, decrement": "a=1,b=1;print(a < !--b)",
    "less, not, decrement without spaces between the first two": "a=1,b=1;print(a <! --b)",
    "HTML comment": "print(1) <!-- print(2)\nprint(3)",
    "HTML comment with quotes": "print(1) <!-- it's `\nprint(3)",
    "HTML comment's end on its own line": "print(1)\n--> it's over\nprint(2)",
    "HTML comment's end on the first line": "--> it's over\nprint(2)",
    "HTML comment's end after a block comment": "print(1)/*\n*/--> it's over\nprint(2)",
    "HTML comment's end after spaces and a comment": "print(1)\n /* a */ --> it's over\nprint(2)",
    "HTML comment's end after a semicolon": "print(1);\n--> it's over\nprint(2)",
    "goes to": "a=3;while(a --> 0)print(a)",
    "less than an HTML comment": "a=1 <\n<!-- a\n2;print(a)",
    # Numbers, names and operators that stick together
    "number and dot": "print(1 .toString())",
    "number and property": "print(typeof 5 .constructor)",
    "number with a dot and a property": "print(1. .toString()+1..toString()+1.5.toString()+1e3.toString())",
    "hexadecimal number and property": "print(0x1 .toString()+0x1.toString())",
    "number and in": "print(1 in [0,1])",
    "number with a dot and in": "print(1. in [0,1])",
    "number with separators and in": "print(1_0 in[])",
    "big integer and instanceof": "print(1n instanceof Object)",
    "number after a question mark": "a=1;print(a? .5:1)",
    "number after return": "f=()=>{return .5};print(f())",
    "escaped name after var": "var \\u0061b=1;print(ab)",
    "escaped name after return": "f=ab=>{return \\u0061b};print(f(1))",
    "escaped name before in": "b={b:1},\\u{61}='b';print(\\u{61} in b)",
    "names beyond ASCII": "var é=1,ℵ=2,𠮷=3;print(typeof é+ℵ+𠮷)",
    "name with a joiner": "var a\u200db=1;print(a\u200db)",
    "white space beyond ASCII": "var\u00a0a\u3000=\ufeff1\u2003;print(a)",
    "dollar and underscore": "var $ =1,_ =2;print($ in {1:1});print(_ in {2:1})",
    "private name after return": "class A{#a;static f(b){return #a in b}}print(A.f(new A))",
    "static private name": "class A{static #a=1;static f(){return A.#a}}print(A.f())",
    "plus plus": "a=1,b=2;print(a + +b);print(a+ ++b);print(a++ + b);print(a++ + ++b)",
    "minus minus": "a=1,b=2;print(a - -b);print(a- --b);print(a-- - b);print(a-- - --b)",
    "plus minus": "a=1,b=2;print(a + - b);print(a - + b);print(- - a);print(+ + a);print(- -- a)",
    "plus, comment, plus": "a=1,b=2;print(a+/**/+b);print(a-/**/-b)",
    "plus, line end, plus": "a=1,b=2;print(a+\n+b);print(a\n+ +b)",
    "name, comment, name": "var/**/a=1;print(typeof/**/a);a=a/**/in/**/{1:1};print(a)",
    "slash, comment": "a=8;print(a//**/2\n/2)",
    "string and name": "print('a'in{a:1});print('a' instanceof Object)",
    "optional chaining": "a=null;print(a ?. b);print(a ?. [0]);print(a ?. ())",
    "assignment operators": "a=null;a ??= 2;a **= 3;a >>>= 1;a &&= a;a ||= 1;print(a)",
    "shift operators": "print(8 >> 1 >>> 1 << 2)",
    # Strings and directives
    "string with a line continuation": "print('a\\\n   b\\\r\n   c')",
    "string with comment marks": "print('/*  a  */ //  b');print(\"<!--  a\")",
    "string with escaped quotes": "print('a\\'  //b');print(\"a\\\"  //b\")",
    "strict directive": "'use strict'\nprint((function(){return this===undefined})())",
    "strict directive in a function": "print((function(){'use strict'\nreturn this===undefined})())",
    "directive that is an expression": "'use strict'\n.length\nprint((function(){return this!==undefined})())",
    "directive after a comment": "/* a */ // b\n'use strict';print((function(){return this===undefined})())",
    "directive after a kept comment": "/*! a */'use strict';print((function(){return this===undefined})())",
    # Whole files
    "hashbang": "#!/usr/bin/env node  'x\nprint(1)",
    "byte order mark": "\ufeffprint(1)",
    "byte order mark and a comment": "\ufeff// a\nprint(1)",
    "source map comment": "print(1)\n//# sourceMappingURL=a.js.map",
    "line comment at the end": "print(1)//",
    "kept comment after return": "f=()=>{return/*! a\n*/1};print(f())",
    "kept comment without line end after return": "f=()=>{return/*! a */1};print(f())",
    "kept comment before a line end": "f=()=>{return/*! a */\n1};print(f())",
    "kept comment after a line end": "f=()=>{return\n/*! a */1};print(f())",
    "kept comment after a slash": "a=8;print(a / /*! a */ 2)",
    "kept comment after a regexp": "print(/a/ /*! a */ .source)",
    "kept comment between names": "var/*! a */a=1;print(a)",
    "kept comment in a substitution": "print(`${/*! } ` */1}  a`)",
    "licence comment": "/* @license it's */print(1)",
    "line comment with a licence": "print(1)// @license it's\nprint(2)",
    "CDATA": "//<![CDATA[\nprint(1)\n//]]>",
    "accessors and methods": "a={get b(){return 1},set b(c){},async d(){},*e(){},async*f(){},['g'](){}};print(a.b)",
    "object's keys that are keywords": "a={if:1,in:2,return:3,get:4,static:5};print(a.if+a.in+a.return+a.get)",
    "new target and meta": "function F(){print(typeof new . target)}new F",
    "sequence, void, comma": "print((1,2));a=[,1,,];print(a.length)",
    "exponent": "print(2 ** 3 ** 0)",
    "regexp flags followed by a method": "print('aXb'.split(/x/i).join(' '))",
    "with statement": "with({a:1})print(a)",
    "octal and legacy": "print(010+08.5)",
    "function in a condition": "if(1)function f(){return 1}print(f())",
    "new line in a class heritage": "class A{}\nclass B extends\nA{}\nprint(new B instanceof A)",
    "destructuring": "({a,b=2,...c}={a:1,d:4});[d,[e]=[5]]=[3]\nprint(a+b+c.d+d+e)",
}  # fmt: skip

MODULES: Final = {
    "less, not, decrement": "let a=1,b=1;print(a < !--b)\nprint(b)",
    "top-level await": "await 0\nprint(await\n1)",
    "regexp after await": "export {};print((await /a  b/).source)",
    "regexp after export default": "export default /a  b/;print(1)",
    "import attributes": "import a from 'data:application/json,{}' with { type : 'json' }\nprint(typeof a)",
    "import without a semicolon before a parenthesis": "import 'data:text/javascript,'\n(print(1))",
    "import without a semicolon before a bracket": "import 'data:text/javascript,'\n[1].map(print)",
    "import with names": "import { a as b , c } from 'data:text/javascript,export let a=1,c=2'\nprint(b+c)",
    "import of a namespace": "import * as a from 'data:text/javascript,export let b=1';print(a.b)",
    "dynamic import": "print(await import ( 'data:text/javascript,export let b=1' ).then(a=>a.b))",
    "import meta": "print(typeof import . meta\n.url)",
    "export of names before a parenthesis": "let a\nexport { a }\n(print(1))",
    "export of a class": "export default class{a=1\nstatic b=2}\nprint(1)",
    "export of a function before a bracket": "export default function(){}\n[1].map(print)",
    "export of all": "export * from 'data:text/javascript,'\nexport * as a from'data:text/javascript,'\nprint(1)",
    "for await": "for await (const a of [1,2])print(a)",
}  # fmt: skip


@contextmanager
def running_in(node: str) -> Iterator[Run]:
    """A function that runs a text in that node and returns its output."""
    with subprocess.Popen(
        [node, "-e", _RUNNER], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        requests, answers = process.stdin, process.stdout

        def printed(text: str, module: bool) -> list[str]:
            print(json.dumps({"text": text, "module": module}), file=requests, flush=True)
            answer: list[str] = json.loads(answers.readline())
            return answer

        yield printed
