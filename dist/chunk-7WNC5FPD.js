import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{c as f,d as l}from"./chunk-ZIXNGDHW.js";import{a as u}from"./chunk-VFEBXUO7.js";var h=100;async function d(e,n,r){let i=f(e,h,async(t,o)=>{let{repository:s}=await o(`query ($owner: String!, $repo: String!, $number: Int!, $first: Int!, $after: String) {
        repository(owner: $owner, name: $repo) {
          issueOrPullRequest(number: $number) {
            ... on Issue { comments(first: $first, after: $after) { ...page } }
            ... on PullRequest { comments(first: $first, after: $after) { ...page } }
          }
        }
      }
      fragment page on IssueCommentConnection {
        nodes { databaseId body viewerDidAuthor }
        pageInfo { hasNextPage endCursor }
      }`,{owner:e.owner,repo:e.repo,number:n,...t});return s.issueOrPullRequest?.comments});for await(let t of i)if(t.viewerDidAuthor&&t.body.startsWith(r))return t}async function T(e,n,{marker:r,body:i,create:t=!0,stands:o=()=>!1,evenUnseen:s=!1}){let m=O(i),c=()=>d(e,n,r),a=await(s?b(c):c());if(!a){if(!t)return"absent";if(a=await C(e,n,r,m),!a)return"created";if(o(a.body))return"unchanged"}if(a.body.trim()===m.trim())return"unchanged";let{databaseId:y}=a;return await l(()=>e.write("PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}",{comment_id:y,body:m})),"updated"}var P=3;async function C(e,n,r,i){for(let t=1;;t+=1)try{let{id:o}=await e.write("POST /repos/{owner}/{repo}/issues/{issue_number}/comments",{issue_number:n,body:i}),s=await b(()=>d(e,n,r));return!s||s.databaseId>=Number(o)?void 0:(await _(e,Number(o)),s)}catch(o){if(!(o instanceof u)||o.code!=="ambiguous")throw o;if(await d(e,n,r))return;if(t>=P)throw o;await e.sleep(t*1e3)}}async function b(e){try{return await e()}catch(n){if(n instanceof u)return;throw n}}async function _(e,n){try{await e.write("DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}",{comment_id:n})}catch(r){if(!(r instanceof u))throw r}}var p=65536;function O(e){if(e.length<=p)return e;let n=`

_Shortened: the whole is in the job summary._`,r=e.lastIndexOf(`
`,p-n.length);return`${e.slice(0,Math.max(0,r))}${n}`}async function v(e,n,r){await e.write("POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions",{comment_id:n,content:r})}var w=3e3;async function E(e,n){let r=await e.readAll("GET /repos/{owner}/{repo}/pulls/{pull_number}/files",{pull_number:n},w/100);if(!(r.length>=w))return r.map(({filename:i,previous_filename:t,status:o})=>({path:i,before:t??i,removed:o==="removed"}))}export{d as a,T as b,v as c,E as d};
