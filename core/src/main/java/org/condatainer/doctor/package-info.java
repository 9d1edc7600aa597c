/**
 * What a user can count on at this machine: the program's own installation, the scheduler, what
 * makes containers, the programs for work on images, and the folders. It looks and tries, and
 * changes nothing.
 */
package org.condatainer.doctor;
