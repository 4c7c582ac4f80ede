import { $ } from './dom.js';
import { random_document } from './identity.js';

$('#editor-card').href = `/editor/${random_document()}`;
