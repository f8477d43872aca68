"""The hall display 综合屏: shows what the server says, and says so when it cannot."""
