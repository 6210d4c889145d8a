//! Keys, certificates, seals and enrolment.
