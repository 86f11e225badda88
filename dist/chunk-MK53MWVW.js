import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{a as c,b as m,c as y,e as n}from"./chunk-7Q2QEHBP.js";var l=m((a,p)=>{p.exports={get openOctokit(){return c("./octokit.cjs").openOctokit}}});var u=y(l());function d(t,s){let e;return n({request:async(r,o)=>{e??=(0,u.openOctokit)(t);let{request:i}=e;return r==="POST /graphql"?i({method:"POST",url:t.graphqlUrl,...o}):i(r,o)}},{...s,secrets:[t.token]})}export{d as openGitHub};
