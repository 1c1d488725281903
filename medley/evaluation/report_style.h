#pragma once

#include <string_view>

namespace medley::evaluation {

/// How a report looks: one column, colours that tell series apart on light and on dark, figures in
/// columns of equal digits; the radio buttons choose which of the two languages shows.
inline constexpr std::string_view kReportStyle = R"css(
:root{color-scheme:light dark;--page:#fbfaf8;--card:#fff;--ink:#1d1c1a;--soft:#66625b;--line:#ddd8d0;
--c0:#0b6bb3;--c1:#c4501b;--c2:#187a4c;--c3:#8b3fa8;--c4:#9a7400;--c5:#b3245c;--c6:#3d6b74;--c7:#5c5f66;
--good:#187a4c;--bad:#b3245c;--mark:#fff3d6}
@media(prefers-color-scheme:dark){:root{--page:#161614;--card:#1f1f1c;--ink:#ece9e3;--soft:#a5a096;--line:#3a3833;
--c0:#64b5f0;--c1:#f59a6b;--c2:#63cf9a;--c3:#cf9be6;--c4:#e2c15a;--c5:#f286ad;--c6:#8fc3cd;--c7:#b4b7be;
--good:#63cf9a;--bad:#f286ad;--mark:#42381c}}
*{box-sizing:border-box}
body{margin:0;background:var(--page);color:var(--ink);font:16px/1.5 system-ui,"Noto Sans","Noto Sans CJK SC",sans-serif}
body>input{position:absolute;opacity:0;pointer-events:none}
#en:checked~* .zh,#zh:checked~* .en{display:none}
header,main{max-width:62rem;margin:0 auto;padding:0 1.25rem}
header{display:flex;flex-wrap:wrap;gap:.5rem 1.5rem;align-items:baseline;justify-content:space-between;padding-top:1.5rem}
h1{font-size:1.6rem;margin:0}
h1 bdi{color:var(--soft);font-weight:400}
h2{font-size:1.15rem;margin:0 0 .25rem}
nav{display:flex;gap:.25rem}
nav label{padding:.25rem .7rem;border:1px solid var(--line);border-radius:1rem;cursor:pointer;color:var(--soft)}
#en:checked~header label[for=en],#zh:checked~header label[for=zh]{color:var(--ink);border-color:currentColor;font-weight:600}
#en:focus-visible~header label[for=en],#zh:focus-visible~header label[for=zh]{outline:3px solid var(--c0);outline-offset:2px}
section{background:var(--card);border:1px solid var(--line);border-radius:.75rem;padding:1.1rem 1.25rem;margin:1.25rem 0}
section>p{margin:.1rem 0 .9rem;color:var(--soft);max-width:46rem}
section>p.warning{color:var(--ink);background:var(--mark);padding:.6rem .8rem;border-radius:.5rem;font-weight:600}
.scroll{overflow-x:auto}
table{border-collapse:collapse;font-variant-numeric:tabular-nums;font-size:.93rem}
th,td{padding:.35rem .8rem;text-align:right;border-top:1px solid var(--line);white-space:nowrap;vertical-align:top}
thead th{border-top:0}
th[scope=row],.facts td{text-align:left}
.facts th{font-weight:400;color:var(--soft)}
.facts td{white-space:normal;overflow-wrap:anywhere}
td small{display:block;color:var(--soft);font-size:.75rem}
.best{font-weight:700}
.best small{font-weight:400}
code{font-size:.9em}
figure{margin:0 0 1rem;min-width:0}
svg{display:block;width:100%;max-width:46rem;height:auto}
svg text{fill:var(--soft);font-size:12px}
.axis{stroke:var(--soft)}
.grid{stroke:var(--line)}
.diagonal{stroke:var(--soft);stroke-dasharray:2 5}
.line{fill:none;stroke:var(--c);stroke-width:2.25;stroke-linejoin:round}
.whisker{stroke:var(--c);stroke-width:2}
circle{fill:var(--c)}
.s0{--c:var(--c0)}.s1{--c:var(--c1)}.s2{--c:var(--c2)}.s3{--c:var(--c3)}
.s4{--c:var(--c4)}.s5{--c:var(--c5)}.s6{--c:var(--c6)}.s7{--c:var(--c7)}
.d1{stroke-dasharray:8 4}.d2{stroke-dasharray:2 3}
.gain{--c:var(--good)}.loss{--c:var(--bad)}.none{--c:var(--soft)}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;margin:.5rem 0 0;padding:0;font-size:.9rem}
.legend li{display:flex;align-items:center;gap:.45rem}
.legend svg{width:34px;height:12px;flex:none}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(24rem,100%),1fr));gap:1rem}
summary{cursor:pointer;padding:.25rem 0}
summary small{color:var(--soft)}
@media(max-width:44rem){header,main{padding:0 .6rem}section{padding:.9rem .8rem}figure{overflow-x:auto}figure>svg text{font-size:19px}
figure>svg.named{min-width:36rem}figure>svg.named text{font-size:12px}}
@media print{:root{--page:#fff}section{break-inside:avoid}nav{display:none}}
)css";

}  // namespace medley::evaluation
