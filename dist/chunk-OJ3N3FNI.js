import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{B as k,X as v,Y as g}from"./chunk-PPS4QHQC.js";import{Aa as d,Ba as u,Ca as h,Fa as x,Oa as c,za as a}from"./chunk-FI47AU2H.js";import{c as b,d as P,k as w}from"./chunk-GTUMCHKK.js";function C(e,o,n){return e.map(r=>{let{severity:i,code:t,message:l,hint:s,file:m,at:f}=r,p=i==="error"?n.red("error"):n.yellow("warning"),M=`${n.bold(`${P(m)}:${f.line}:${f.column}`)} ${p} ${l} ${n.dim(t)}`,S=I(r,o(m),n);return[M,...S,...s?[`    ${n.cyan("\u2192")} ${s}`]:[]].join(`
`)}).join(`

`)}var $=160,W=60;function I({at:e},o,n){let r=o?.split(/\r\n|\r|\n/)[e.line-1];if(r===void 0||r.trim()==="")return[];let i=e.column-1,t=r.length<=$?0:Math.max(0,i-W),l=[...r.slice(t,t+$)].map(p=>b(p)).join(""),s=Math.max(1,Math.min(e.end-e.start,t+$-i,r.length-i)),m=String(e.line),f=" ".repeat(m.length);return[`    ${n.dim(`${m} |`)} ${l}`,`    ${n.dim(`${f} |`)} ${" ".repeat(Math.max(0,i-t))}${n.red("^".repeat(s))}`]}function R(e,o){let n=e.filter(({severity:t})=>t==="error").length,r=e.length-n;return e.length===0?`${c(o,"file")} checked, nothing to say`:`${[...n>0?[c(n,"error")]:[],...r>0?[c(r,"warning")]:[]].join(" and ")} in ${c(o,"file")}`}var y=10;function q(e){let{problems:o,rollouts:n,policy:r,now:i}=e;return[`### ${o.filter(({severity:s})=>s==="error").length>0?"\u274C":o.length>0?"\u26A0\uFE0F":"\u2705"} Rollout review: ${R(o,e.files)}`,...o.length>0?[j(o)]:[],...e.configChanged?["The config changes here too. Its metrics, ladders and segments are taken as they would be; the policy is the one in force now."]:[],...r?n.slice(0,y).map(s=>T(s,r,i)):[],...n.length>y?[`\u2026 and ${n.length-y} rollouts more.`]:[]].join(`

`)}function j(e){return h(["","Where","What","What to do"],e.map(({severity:o,file:n,at:r,message:i,hint:t,code:l})=>[o==="error"?"\u274C":"\u26A0\uFE0F",d(`${n}:${r.line}:${r.column}`),`${u(i)} (${d(l)})`,t===void 0?"":u(t)]))}function G(e){return e.length===0?"":`

### Problems

${j(e)}`}function T(e,o,n){let r=v(e,o,n),i=`**${a(e.key)}** ${a(e.description)}`.trimEnd();return e.kill?`${i}: the kill switch is set, so nobody gets it.`:r.length===0?`${i}: ${e.status.phase}.`:[`${i}, at the earliest:`,h(["When","Stage","Who has it","Stays at least"],r.map(({stage:t,at:l,ended:s})=>[l===void 0?`never: ${s?"it ends before":"no advance window opens"}`:g(l,o.timezone),d(t.name),a(k(t)),w(t.duration)])),...e.end===void 0?[]:[`From ${g(e.end,o.timezone)} everybody gets ${d(e.control)}, unless it is completed by then: the rollout ends.`],...x(e).map(t=>a(t,2e3))].join(`

`)}export{C as a,R as b,q as c,G as d};
