"""What a net foresees of drawings that are there: how likely each step is, where the pen may go next.

likelihood  held-out likelihood and calibration of the pen
density     the mixture along one drawing
bootstrap   how sure a number taken over drawings is
"""
