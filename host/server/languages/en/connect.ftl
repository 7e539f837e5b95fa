# connect
