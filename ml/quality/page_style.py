"""How the page of the data-quality report looks: one style sheet, for desks and phones, light and dark."""

STYLE = """
:root { color-scheme: light dark; --ground: #fbfbfa; --card: #fff; --ink: #1d2125; --quiet: #5f6a72; --line: #e1e4e6;
  --failed: #c62f2f; --warned: #a86400; --passed: #2f7d4f; --flapping: #6a4fb3; --never: #7b858c; }
@media (prefers-color-scheme: dark) { :root { --ground: #14171a; --card: #1c2024; --ink: #e8eaec; --quiet: #9aa5ad;
  --line: #30363b; --failed: #ff7b72; --warned: #e8a33d; --passed: #5fc088; --flapping: #b79cf5; --never: #8b959c; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 76rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .2rem; }
h2 { font-size: 1.15rem; margin: 2.2rem 0 .7rem; }
h3 { font-size: 1rem; margin: 0; font-weight: 600; overflow-wrap: anywhere; }
p { margin: .35rem 0; }
code { font: .87em ui-monospace, monospace; overflow-wrap: anywhere; }
.brand { color: var(--quiet); font-size: .85rem; letter-spacing: .02em; margin: 0 0 .6rem; }
.quiet { color: var(--quiet); }
.tiles { display: flex; flex-wrap: wrap; gap: .5rem; list-style: none; margin: 1rem 0 0; padding: 0; }
.tiles li { background: var(--card); border: 1px solid var(--line); border-bottom: 3px solid currentColor;
  border-radius: 8px; padding: .45rem .9rem; }
.tiles b { font-size: 1.35rem; margin-right: .2rem; font-variant-numeric: tabular-nums; }
.tiles .none { color: var(--quiet); border-bottom-color: var(--line); }
.failed { color: var(--failed); } .warned { color: var(--warned); } .passed { color: var(--passed); }
.flapping { color: var(--flapping); } .never { color: var(--never); }
article { background: var(--card); border: 1px solid var(--line); border-left: 5px solid var(--passed);
  border-radius: 8px; padding: .8rem 1rem; margin: 0 0 .7rem; }
article.failed, article.warned, article.passed, tr.failed, tr.warned, tr.passed, tr.never { color: inherit; }
article.failed { border-left-color: var(--failed); } article.warned { border-left-color: var(--warned); }
.top { display: flex; gap: 1rem; justify-content: space-between; align-items: flex-start; flex-wrap: wrap; }
.asset { font-weight: 600; display: inline-block; margin-right: .25rem; }
.found { overflow-wrap: anywhere; }
.todo { border-top: 1px solid var(--line); padding-top: .4rem; margin-top: .5rem; }
.found b, .todo b, .quiet b { display: inline-block; min-width: 3.4rem; font-weight: 600; }
.badge { border: 1px solid currentColor; border-radius: 99px; padding: .02rem .55rem; font-size: .82rem;
  white-space: nowrap; }
.trend { display: block; max-width: 100%; }
.trend rect { fill: currentColor; } .trend .ground { fill: var(--line); }
.trend .failed { fill: var(--failed); } .trend .warned { fill: var(--warned); } .trend .passed { fill: var(--passed); }
.sample { display: inline-block; width: 5px; border-radius: 1px; background: currentColor; margin: 0 .3rem 0 .6rem; }
.sample.passed { height: 6px; } .sample.warned { height: 11px; } .sample.failed { height: 16px; }
details { background: var(--card); border: 1px solid var(--line); border-radius: 8px; margin: 0 0 .6rem; }
summary { cursor: pointer; padding: .6rem 1rem; }
table { width: 100%; border-collapse: collapse; font-size: .9rem; }
th { text-align: left; font-weight: 500; color: var(--quiet); font-size: .8rem; }
th, td { padding: .45rem .6rem; border-top: 1px solid var(--line); vertical-align: top; }
th:first-child, td:first-child { padding-left: 1rem; width: 28%; }
td .asset { display: block; }
.when { white-space: nowrap; font-variant-numeric: tabular-nums; }
.advice { color: var(--quiet); width: 26%; }
@media (max-width: 52rem) {
  h1 { font-size: 1.35rem; }
  thead { display: none; }
  table, tbody, tr, td { display: block; width: auto !important; }
  tr { border-top: 1px solid var(--line); padding: .5rem 1rem .7rem; }
  td, td:first-child { border: 0; padding: .12rem 0; }
  td:nth-child(2), td:nth-child(3), td.when { display: inline-block; margin-right: .6rem; font-size: .85rem; }
  td:empty { display: none; }
}
@media print { details { break-inside: avoid; } }
"""
