/** Shows the cluster that runs behind this page. The token stands in the fragment of the address. */
import { languageOf } from '../strings/catalogue';
import { LiveApp } from './app';

const wanted = new URLSearchParams(location.search).get('lang') ?? navigator.language;
const language = languageOf(wanted);
document.documentElement.lang = language === 'zh' ? 'zh-Hans' : 'en';
new LiveApp(language, location.hash.slice(1)).show();
