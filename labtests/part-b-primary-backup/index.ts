/** All scenarios of part B, in the order of the scorecard. */
import './operations';
import './failover';
import './at-most-once';
import './any-texts';
import './partitions';
import './interrupted-transfer';
import './state-transfer';
import './late-messages';
import './liveness';
import './applications';
import './long-faults';
import './crowds';
import './swarm';
import './sweeps';
import './explored';
