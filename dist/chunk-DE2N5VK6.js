import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{a as d,b as i,c as j,d as k,e as l,f as m,g as n}from"./chunk-DMSWOJ7R.js";import{a,b,c,e,f,g,h}from"./chunk-TIALG3JO.js";import"./chunk-XW6WB3GR.js";export{m as AbortError,a as Blob,d as FetchError,b as File,c as FormData,i as Headers,l as Request,k as Response,f as blobFrom,e as blobFromSync,n as default,g as fileFrom,h as fileFromSync,j as isRedirect};
