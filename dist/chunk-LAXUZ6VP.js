import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{D as x,F as p}from"./chunk-UUSHJRXG.js";import{n as S,r as v}from"./chunk-FYUYOE6K.js";import{h as R,m}from"./chunk-4VNKVWMN.js";import{N as k,X as c,Y as d,_ as j,aa as b,c as y,la as u,o as w}from"./chunk-4YI6EITC.js";import{k as $}from"./chunk-GTUMCHKK.js";function Q(e){let{assessments:n,outcome:o,waiting:t}=e,{offered:r,alarms:a,failures:i}=o,l=p(e);return[`## ${c(T(e,l))}`,...a.map(s=>`**A person has to act: ${s}**`),...l.map(s=>M(s)),...r.map(A),...F(t.filter(({branch:s})=>!r.some(({proposal:f})=>f.branch===s))),...O(i),...P(e),...n.length>0?["### Every rollout",D(n,C(e))]:[]].join(`

`)}function T(e,n){let{dryRun:o,assessments:t,waiting:r}=e,{offered:a,failures:i}=e.outcome,l=a.filter(({proposal:g})=>g.state==="merged"),s=[...n,...l.map(({move:g})=>g)],f=[...s.length>0?[o?`would ${h(m(s))}`:m(s)]:[],...r.length>0?[`${u(r.length,"revert")} to merge or close`]:[],...i.length>0?[`${u(i.length,"failure")}`]:[]];return`Sluice: ${[...s.length>0?[]:[`${u(t.length,"rollout")}, nothing moved`],...f].join("; ")}`}var h=e=>e.charAt(0).toLowerCase()+e.slice(1);function M(e,n=""){let o=[`### ${c(m([e]))}`,`Because ${c(e.why)}.${n}`];return e.of==="invalid-file"?o.join(`

`):(e.verdicts.length>0&&o.push(R(e.verdicts)),[...o,...b(e.trial,e.why)].join(`

`))}function A({move:e,proposal:n}){let{commitAfter:o}=e.rollout.rollback,t=o==="never"?"":` If nobody does either within ${$(o)}, the next tick commits it.`;return M(e,n.state==="merged"?`

Done by a pull request, which merged at once: ${n.where}`:`

**Not done yet.** Merge it, or close it to keep the flag where it is: ${n.where}.${t}`)}function F(e){return e.length===0?[]:["### Reverts that wait for people",e.map(({where:n})=>`- \u21C4 ${n}: merge it, or close it to keep the flag where it is`).join(`
`)]}function V(e){let{changed:n,commit:o,failures:t,targets:r,dryRun:a}=e,i=r===0?"the config has no targets":n.length===0?`${u(r,"target")}, as they should be`:o!==void 0?`wrote ${n.join(", ")}`:`${a?"would write":"did not write"} ${n.join(", ")}`,l=`## Sluice: ${c(i)}`;return{line:i,markdown:[l,...O(t)].join(`

`)}}function O(e){return e.length===0?[]:["### What was not done",e.map(({subject:o,detail:t,code:r})=>`- \u274C ${d(o)} ${c(t,1e3)} (${d(r)})`).join(`
`)]}function P({notices:e}){return e.length===0?[]:["### What does not count",e.map(({subject:o,detail:t,code:r})=>`- \u26A0\uFE0F ${d(o)} ${c(t,1e3)} (${d(r)})`).join(`
`)]}function C(e){if(e.dryRun)return new Map;let n=p(e).map(t=>[w(t),`done just now: ${h(m([t]))}`]),o=e.outcome.offered.map(({move:t,proposal:r})=>{let i=r.state==="merged"?`done just now: ${h(m([t]))}`:"its revert waits for people";return[t.rollout.key,i]});return new Map([...n,...o])}function D(e,n=new Map){return j(["Rollout","Phase","Stage","Users","Checks","Next"],e.map(o=>{let{rollout:t,verdicts:r}=o,a=y(t),i=S(t),l=r.filter(({kind:s})=>s==="pass").length;return[d(t.key),t.kill?"**killed**":t.status.phase,a?`${d(a.stage.name)} (${a.index+1}/${t.stages.length})`:"\u2014",i?`${k(v(i))} %`:"\u2014",r.length===0?"\u2014":`${l}/${r.length} pass`,c(n.get(t.key)??x(o))]}))}export{Q as a,V as b,D as c};
