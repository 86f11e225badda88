import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{a as c,b as y,c as a,q as i}from"./chunk-FXTQ4U25.js";var l=y((m,p)=>{p.exports={get openOctokit(){return c("./octokit.cjs").openOctokit}}});var u=a(l(),1);function d(t,s){let e;return i({request:async(r,n)=>{e??=(0,u.openOctokit)(t);let{request:o}=e;return r==="POST /graphql"?o({method:"POST",url:t.graphqlUrl,...n}):o(r,n)}},{...s,secrets:[t.token]})}export{d as openGitHub};
