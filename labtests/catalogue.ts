import './part-a-view-service';
import './part-b-primary-backup';

export { allScenarios } from './harness/scenario/scenario';
