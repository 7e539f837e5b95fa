//! The store as its callers see it, over sled and over the engine without files.

mod accounts;
mod answers;
mod backup;
mod canary;
mod claimed;
mod conventions;
mod crash;
mod ended;
mod faults;
mod frozen;
mod journeys;
mod killed;
mod made;
mod nouns;
mod orders;
mod put_back;
mod races;
mod rotated;
mod sample;
mod sealed;
mod sealing;
mod telling;
mod together;
mod transfer;
