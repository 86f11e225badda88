import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);
import{pa as e}from"./chunk-ZFSAFUWR.js";process.exitCode=await e(process.env);process.stdout.write("",()=>process.exit());
