import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
var i=`id number url state createdAt headRefName headRefOid isCrossRepository
  baseRepository { mergeCommitAllowed squashMergeAllowed }
  body viewerDidAuthor author { login } autoMergeRequest { enabledAt } labels(first: 50) { nodes { name } }
  headRef { target { oid } }
  commits(last: 1) { totalCount nodes { commit { message author { name user { login } } signature { isValid wasSignedByGitHub } } } }`;function u({viewerDidAuthor:e,author:o,commits:r}){let[n]=r.nodes;if(!e||!n||r.totalCount!==1)return!1;let{message:t,author:a,signature:l}=n.commit;return!l?.isValid||!l.wasSignedByGitHub?!1:(a?.user?.login??a?.name?.replace(/\[bot\]$/,""))===o?.login&&/^Rollout: /m.test(t)}function y(e){return e.headRef?.target?.oid!==e.headRefOid?!1:e.state==="MERGED"||u(e)}async function g(e){let o=[],r=null;do{let n=await e.query(`query ($owner: String!, $repo: String!, $after: String) {
          repository(owner: $owner, name: $repo) {
            refs(refPrefix: "refs/heads/rollout/revert/", first: 100, after: $after) {
              nodes { prefix name associatedPullRequests(first: 5, orderBy: {field: CREATED_AT, direction: DESC}) { nodes { ${i} } } }
              pageInfo { hasNextPage endCursor }
            }
          }
        }`,{owner:e.owner,repo:e.repo,after:r});for(let a of n.repository.refs?.nodes??[]){let l=`${a.prefix}${a.name}`.replace("refs/heads/",""),s=d(a.associatedPullRequests.nodes,l);s&&o.push(f(s))}let t=n.repository.refs?.pageInfo;r=t?.hasNextPage?t.endCursor:null}while(r!==null);return o}function d(e,o){return e.find(({headRefName:r,isCrossRepository:n})=>r===o&&!n)}function f(e){let o={OPEN:"open",CLOSED:"declined",MERGED:"merged"};return{branch:e.headRefName,state:o[e.state],openedAt:Date.parse(e.createdAt),where:e.url,disposable:y(e)}}async function p(e,o){let{repository:r}=await e.query(`query ($owner: String!, $repo: String!, $branch: String!) {
      repository(owner: $owner, name: $repo) {
        pullRequests(headRefName: $branch, first: 5, orderBy: {field: CREATED_AT, direction: DESC}) {
          nodes { ${i} }
        }
      }
    }`,{owner:e.owner,repo:e.repo,branch:o});return d(r.pullRequests.nodes,o)}export{i as a,u as b,y as c,g as d,d as e,f,p as g};
