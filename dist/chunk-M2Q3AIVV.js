import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{p as n}from"./chunk-TW6NZWHM.js";async function e(o){try{await o()}catch(r){if(!(r instanceof n)||r.code!=="ambiguous")throw r;await o()}}var u=o=>i(()=>e(o));async function i(o){try{await o();return}catch(r){if(r instanceof n)return r;throw r}}export{e as a,u as b,i as c};
