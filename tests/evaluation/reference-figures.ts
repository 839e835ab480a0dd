/** What bench/peers/evaluation_figures.py prints: SciPy 1.17.1 and statsmodels 0.15.0. */
export const reference = {
  accuracies: [
    { correct: 3, n: 10, interval: [0.0, 0.6] },
    { correct: 50, n: 100, interval: [0.4, 0.6] },
    { correct: 87, n: 473, interval: [0.15010570824524314, 0.21987315010570824] },
    { correct: 900, n: 1000, interval: [0.881, 0.918] },
  ],
  differences: [
    { wins: 9, losses: 3, n: 40, interval: [-0.025, 0.325] },
    { wins: 41, losses: 22, n: 473, interval: [0.008456659619450317, 0.07188160676532769] },
    { wins: 5, losses: 5, n: 60, interval: [-0.1, 0.1] },
  ],
  groups: [
    {
      groups: [
        [40, 3, 5],
        [30, 0, 4],
        [20, 6, 6],
        [10, 1, 1],
      ],
      interval: [0.4778761061946903, 0.6293103448275862],
    },
    {
      groups: [
        [25, 2, 3],
        [25, 0, 6],
      ],
      interval: [0.14634146341463414, 0.3137254901960784],
    },
  ],
  mcnemar: [
    { wins: 0, losses: 0, p: 1.0 },
    { wins: 1, losses: 0, p: 1.0 },
    { wins: 4, losses: 0, p: 0.125 },
    { wins: 5, losses: 5, p: 1.0 },
    { wins: 9, losses: 3, p: 0.14599609375 },
    { wins: 41, losses: 22, p: 0.022574972673257185 },
    { wins: 3, losses: 15, p: 0.007537841796875 },
    { wins: 600, losses: 500, p: 0.0028195449914364284 },
    { wins: 2000, losses: 1800, p: 0.0012427867782632013 },
  ],
} as const;
