/** All scenarios of part A, in the order of the scorecard. */
import './first-views';
import './failures';
import './restarts';
import './backup-failures';
import './acknowledgement';
import './idle-servers';
import './strange-pings';
import './total-loss';
import './crowds';
import './random-pings';
