"""Texts to repeat: openings without closings, closings without openings, blanks, quotes, and mixtures.

Separated by blanks, and with the escapes of Python.
"""

from typing import Final


def _shapes(escaped: str) -> tuple[str, ...]:
    return tuple(word.encode("ascii").decode("unicode_escape") for word in escaped.split())


EVERYWHERE: Final = _shapes(r"""
    ( ) [ ] { } < > \x22 ' ` / \\ | ! ? = + - * & % $ # @ ~ ^ . , : ; _ a 1 \x20 \t \n \r \x0c \x00 \xe9 \U0001f600
    \u2028 \ufeff \xa0 \ud800 \r\n \x20\n \t\n \n\n\x20 \x20a a\x20 a, a. a: a; a= a\n a\\ \\\n \\a \\' \\\x22 \\\\
    '' \x22\x22 `` 'a' \x22a\x22 'a \x22a `a '\n \x22\n `\n 'a\n a' () [] {} <> a( a[ a{ (a [a {a ){ }{ ]( (a) ({ })
    ([{ /* */ /**/ /*a /*! /*\x20*/ /\x20* */\x20 // //\n //a\n //\x20 /a a/ a/a /a/ /[ /( /]/ /\\/ /\n )/ ]/ }/
    ){}/a/ a\n/a/ ++/ --> <!-- <!--\n <!--\x20--> -- --!> \n-->
""")
TEMPLATES: Final = _shapes(r"""
    ${ `${ ${` }` `${` `${a} $ #{ \x22#{ #{' }\x22 {{ }} {{a}} {% %} {%\x20a\x20%} {# #} {{' {{\x20asset('
    {{\x20asset('a')\x20}} {%\x20asset\x20' {%\x20asset\x20'a'\x20%} {{\x20'a'|asset\x20}} {{\x20a|asset
    {%\x20if\x20a\x20%} {%\x20endif\x20%} {%\x20with\x20a='b'\x20%} {%\x20for\x20a\x20in\x20b\x20%}
    {%\x20set\x20a\x20=\x20'b'\x20%} {%\x20comment\x20%} {%\x20verbatim\x20%} {%\x20raw\x20%} {%\x20x\x20%} _(
    {{\x20_(' {{\x20a.b |a |a:' a| {{\x20(' {{\x20asset(a~ {%\x20macro\x20a()\x20%}
    {%\x20import\x20'a'\x20as\x20b\x20%} ~'a' a\x20if\x20b\x20else\x20 a\x20or\x20 not\x20 [[
    {{\x20asset('a'\x20~\x20 \x20\n{{
""")
PYTHON_TEMPLATES: Final = _shapes(r"""
    ${ ${a} ${asset( ${asset('a')} ${asset('a'+ ${asset('a'\x20if\x20b\x20else\x20 asset( asset('a', asset('a')
    asset(\x22${ asset(['a' a.asset( ''' \x22\x22\x22 \\\x22\x22\x22 ${\\\x22\x22\x22 \\' ${' \x22${\x22\n '${'\n &quot;
    asset(&quot;a&quot;) 'a', 'a',\n '\xe9', <% <%\x20 <%!\x20 %>
    <%doc> </%doc> <%text> <%text\x20 </%text> <%def\x20 <%def\x20name= <%def\x20name='a'>
    <%namespace\x20 <%namespace\x20import=' \n% \n%a \n## <!--! <?python <?python\x20 ?> $${ <tal:a <tal:a\x20b='
    tal:a tal:a= tal:a=' tal:a='asset(' <tal:a\x20b='c'\x20 \x20tal:a='b' a+ 'a'+ a\x20or\x20 a[ a.b( =
""")
SHEETS: Final = _shapes(r"""
    url( url() url(a url(a) url(' url(\x22 url('a') url(\x20 url(a\x20 url(\\ a\x20url( URL( src( image-set(
    image-set('a'\x20 @import\x20 @import\x20'a @import\x20'a' @import\x20'a'; @import\x20\x22a\x22\x20
    @import\x20a, @import\x20url( @import\x20url(a)\x20 @import\n @charset\x20 @charset\x20\x22a\x22; @media
    @media\x20 @media( @media\x20a{ @media\x20not\x20( @layer\x20a; @layer\x20a, @supports( @namespace\x20a; @a
    @a\x20 @a{ @font-face{ @use\x20'a @use\x20'a'; @forward\x20 @include\x20a; @function\x20a @else\x20 load-css(
    load-css('a', --a: --a:{ --a:\x20 --a:} ;--a: a:b a:b; a{} a{b:c} a{b:c; a,b a>b !important !ie calc( calc(a\x20
    var(--a, var(-- rgb( rgba(a, rgba( hsla( adjust-hue( :nth-child( :nth-child(a\x20 :nth-child(a\x20of\x20 :not(
    :is( ::a .a #a %a &a $a $a: u+ U+1- 1e 1. 1px +1 <!- *{ _a: /**/a a/**/ /**/\x20 progid: expression( asset-url(
    asset-url('a' asset-path(
""")
SCRIPTS: Final = _shapes(r"""
    import\x20 import( import(' import('a') import('a'); import{ import{a, import\x20a\x20from\x20'a';
    import\x20a\x20from\x20 import\x20'a'; import.meta import.meta.url import*as\x20a\x20 export\x20 export{
    export*from\x20 export\x20*\x20from\x20'a'; export\x20default\x20 new\x20URL( new\x20URL('a',
    new\x20URL('a',import.meta.url) new\x20URL('a',\x20import.meta.url); new\x20Worker( ASSET_URL( ASSET_URL('
    ASSET_URL('a' ASSET_URL('a'+ ASSET_URL('a'); ASSET_URL(( ASSET_URL[ importScripts( function( function\x20a(
    function\x20a(){ function*a(){ class\x20 class\x20a{ class\x20a\x20extends\x20 static{ a=> a=>{ (a=> async\x20
    await\x20 yield\x20 let\x20 let\x20a= let\x20[ let\x20{ var\x20a; const\x20a= if( if(a) if(a)/ while(a) for(
    for(;;) do\x20 else\x20 else\x20if(a) return\x20 return/ throw\n case\x20a: switch(a){ try{ catch( a? ?. ?? a?b:
    a=b, a,\n ... => =>{ /= a/= /a/g +\x20+ -\x20- ++ a++ a\n++ ++\n in\x20 of\x20 new\x20 new.target this. #a
    #a\x20in\x20 get\x20 a:function(){ a:\x20 'a': {a: {a:{ 'use\x20strict'; 'use\x20strict'\n 0x 0b 1n 1_ .1 1..
    \\u \\u{ \\u0061 \\x @a\x20 <a> with(a) debugger; ;; sourceMappingURL= //#\x20sourceMappingURL=
    //#\x20sourceMappingURL=a\n /*#\x20sourceMappingURL= /*#\x20sourceMappingURL=a\x20*/ //@\x20 #!
""")
RUBY: Final = _shapes(r"""
    a\x20(1\n a\x20[\n a\x20{\n pin\x20'a'\n pin\x20\x22a\x22,\n 1,\x20 [1], 'a'=>1, a:\x201, :a=>[ %w[ %w[a]\x20 %i(
    a\x20do\n a\x20do\x20|b|\n do\x20|a class\x20a\n end\n if\x20a\n \x20if\x20a =begin\n =end\n a\\\n a<<\n #{
    \x22#{ {#
""")
DIRECTIVES: Final = _shapes(r"""
    //=\x20require //=\x20require\x20a\n //=\x20require\x20'a\n *=\x20require\x20a\n //=\n //=\x20a\n =\x20a
    /*=\x20a\x20*/ #=\x20require\x20a\n
""")
MARKUP: Final = _shapes(r"""
    <a <a\x20 </a </a> <a/> <a\x20b <a\x20b= <a\x20b=' <a\x20b=\x22 <a\x20b=c\x20 <a\x20href= <a\x20href='a'>
    <img\x20src='a'> <img\x20srcset='a \x20b=c b\x20 b=' b= a\x201x, a,\x20 ,a \x201x <script <script> </script
    </script> <script><!-- <script><!--<script <script>import'a'</script> <style <style> </style>
    <style>a{b:url(a)}</style> <textarea> <title> <noscript> <template> <svg> </svg> <math> <svg><style> <svg><a>
    <foreignObject> <desc> <p> <li> <base\x20href=a> <link\x20 <meta\x20 <iframe\x20srcdoc=' <![CDATA[ ]]> <! <!a
    <!DOCTYPE <!DOCTYPE\x20a\x20[ <!ENTITY\x20a\x20'b'> <? <?a?> <?xml-stylesheet\x20href='
    <?xml-stylesheet\x20href='a'?> & &a &a; &# &#1 &#1; &#x &amp &amp; <% <%= <%- %> <%a%> <%=a%> <%={%> <%=(
    <%if(a){%>
""")
JSON: Final = _shapes(r"""
    {\x22a\x22: [1, \x22a\x22, \x22a\x22:1, \x22\\ {\x22src\x22:\x22a\x22}, \x22\\u0061\x22, AAAA AAAA, AAAA; ACAA,
    ; g gggggggB //8/
""")
TOML: Final = _shapes(r"""
    a=1\n a.b=1\n [a]\n [a.b]\n [[a]]\n [[a.b]]\n a={ a=[ [a ''' \x22\x22\x22 '''a a.a .a [a. #a\n a\x20=\x20'\n 1,
    {a=1}, [1], 1:
""")
YAML: Final = _shapes(r"""
    -\x20a\n \x20\x20-\x20a\n a, 'a', {a:\x201}, [a], \x20\x20a:\x201\n <% %> <%\n <%=\x20a\x20%> <%=\x20a\x20%>\n
    -\x20<%=\x20a\x20%>\n \x20<%\x20a\x20%>\n '<%=a%>', *x, {<<:\x20*x}, #a\n \x20#a \\ :a !a\x20 \x20:
""")
PATHS: Final = _shapes(r"""
    * ** **/ */ *a a* ?* [a]* [ [! **/a/ a/**/ ../ ./ a/ // a/../ %2e%2e/ % %4 %41 ?a #a \\/ a\\b/ :
""")
MESSAGES: Final = _shapes(r"""
    Error:\x20 WARNING:\x20 on\x20line\x201 \x20\x20\x20\x20on\x20line\x201\x20of\x20a\n \x20\x20 a:1:1\n `
    Invalid\x20CSS\x20after\x20\x22 \x22:\x20expected\x20
""")
