//! Ends that nobody asked for: kills, cut power, full disks, lost keys; and what is left afterwards.
