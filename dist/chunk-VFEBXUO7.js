import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{a as o,e as s}from"./chunk-GTUMCHKK.js";var n=class extends o{name="GitHubError";code;endpoint;status;types;said;constructor(i,e,d,r={}){let t=s(d).replace(/\.$/,"");super(`${e}: ${t}`),this.code=i,this.endpoint=e,this.status=r.status,this.types=r.types??[],this.said=t}};export{n as a};
