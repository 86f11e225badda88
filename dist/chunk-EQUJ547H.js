import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{n as u}from"./chunk-ZFSAFUWR.js";async function d(e,n,r){let o=null;do{let t=(await e.query(`query ($owner: String!, $repo: String!, $number: Int!, $after: String) {
        repository(owner: $owner, name: $repo) {
          issueOrPullRequest(number: $number) {
            ... on Issue { comments(first: 100, after: $after) { ...page } }
            ... on PullRequest { comments(first: 100, after: $after) { ...page } }
          }
        }
      }
      fragment page on IssueCommentConnection {
        nodes { databaseId body viewerDidAuthor }
        pageInfo { hasNextPage endCursor }
      }`,{owner:e.owner,repo:e.repo,number:n,after:o})).repository.issueOrPullRequest?.comments,i=t?.nodes.find(s=>s.viewerDidAuthor&&s.body.startsWith(r));if(i)return i;o=t?.pageInfo.hasNextPage?t.pageInfo.endCursor:null}while(o!==null)}async function w(e,n,{marker:r,body:o,create:a=!0,stands:t=()=>!1}){let i=y(o),s=await d(e,n,r);if(!s){if(!a)return"absent";if(s=await f(e,n,r,i),!s)return"created";if(t(s.body))return"unchanged"}return s.body.trim()===i.trim()?"unchanged":(await e.write("PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}",{comment_id:s.databaseId,body:i}),"updated")}var c=3;async function f(e,n,r,o){for(let a=1;;a+=1)try{let{id:t}=await e.write("POST /repos/{owner}/{repo}/issues/{issue_number}/comments",{issue_number:n,body:o}),i=await d(e,n,r);return!i||i.databaseId>=Number(t)?void 0:(await p(e,Number(t)),i)}catch(t){if(!(t instanceof u)||t.code!=="ambiguous")throw t;if(await d(e,n,r))return;if(a>=c)throw t}}async function p(e,n){try{await e.write("DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}",{comment_id:n})}catch(r){if(!(r instanceof u))throw r}}var m=65536;function y(e){if(e.length<=m)return e;let n=`

_Shortened: the whole is in the job summary._`,r=e.lastIndexOf(`
`,m-n.length);return`${e.slice(0,Math.max(0,r))}${n}`}async function g(e,n,r){await e.write("POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions",{comment_id:n,content:r})}var l=3e3;async function h(e,n){let r=await e.readAll("GET /repos/{owner}/{repo}/pulls/{pull_number}/files",{pull_number:n},l/100);if(!(r.length>=l))return r.map(({filename:o,previous_filename:a,status:t})=>({path:o,before:a??o,removed:t==="removed"}))}export{d as a,w as b,g as c,h as d};
