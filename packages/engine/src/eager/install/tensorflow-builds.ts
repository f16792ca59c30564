import type { TensorflowEngineName } from '../tensorflow/package.ts';

/** A wheel of PyPI that is pinned. */
interface Wheel {
  readonly name: string;
  readonly version: string;
  /** sha256 of the file for Linux x64 (and CPython 3.11, where the wheel has a Python version). */
  readonly sha256: string;
}

/** A TensorFlow that the binding is built against and runs on, as PyPI has it. */
export interface TensorflowBuild {
  /** Version of TensorFlow. */
  readonly version: string;
  readonly wheels: readonly Wheel[];
  /** Megabytes to download, and on disk afterwards beside the npm packages. */
  readonly megabytes: { readonly download: number; readonly disk: number };
}

/** Platforms of the wheels, as pip names them. */
export const WHEEL_PLATFORMS = [
  'manylinux2010_x86_64',
  'manylinux2014_x86_64',
  'manylinux_2_27_x86_64',
] as const;

/** Python of the wheels. Only their C and C++ libraries are used: any Python 3 with pip can fetch them. */
export const WHEEL_PYTHON = '3.11';

/** The C headers of Node's binary interface, by npm. */
export const NODE_HEADERS = 'node-api-headers@1.9.0';

/** What is built for an engine. */
export const TENSORFLOW_BUILDS: Readonly<Record<TensorflowEngineName, TensorflowBuild>> = {
  'tfjs-node': {
    version: '2.15.1',
    wheels: [
      {
        name: 'tensorflow-cpu',
        version: '2.15.1',
        sha256: '54660c074d7241a503e81edfd9f5ef5af88f64051b72e2945f26318c790f2d26',
      },
    ],
    megabytes: { download: 207, disk: 590 },
  },
  'tfjs-node-gpu': {
    version: '2.21.0',
    // What the wheel of TensorFlow asks for by its extra `and-cuda`: CUDA 12 and cuDNN 9.
    wheels: [
      {
        name: 'tensorflow',
        version: '2.21.0',
        sha256: '9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124',
      },
      {
        name: 'nvidia-cublas-cu12',
        version: '12.9.3.13',
        sha256: 'd7d51055f161b317c7105ddaae90e71eda059026074ffef93cf7cde2886bfe72',
      },
      {
        name: 'nvidia-cuda-cupti-cu12',
        version: '12.8.90',
        sha256: 'ea0cb07ebda26bb9b29ba82cda34849e73c166c18162d3913575b0c9db9a6182',
      },
      {
        name: 'nvidia-cuda-nvcc-cu12',
        version: '12.9.86',
        sha256: '5d6a0d32fdc7ea39917c20065614ae93add6f577d840233237ff08e9a38f58f0',
      },
      {
        name: 'nvidia-cuda-nvrtc-cu12',
        version: '12.9.86',
        sha256: '210cf05005a447e29214e9ce50851e83fc5f4358df8b453155d5e1918094dcb4',
      },
      {
        name: 'nvidia-cuda-runtime-cu12',
        version: '12.9.79',
        sha256: '25bba2dfb01d48a9b59ca474a1ac43c6ebf7011f1b0b8cc44f54eb6ac48a96c3',
      },
      {
        name: 'nvidia-cudnn-cu12',
        version: '9.28.0.42',
        sha256: '9ff58b7f36dacd0a93e89f8f2957b52466889217963701daa15e577317cfa375',
      },
      {
        name: 'nvidia-cufft-cu12',
        version: '11.4.1.4',
        sha256: 'c67884f2a7d276b4b80eb56a79322a95df592ae5e765cf1243693365ccab4e28',
      },
      {
        name: 'nvidia-curand-cu12',
        version: '10.3.10.19',
        sha256: '49b274db4780d421bd2ccd362e1415c13887c53c214f0d4b761752b8f9f6aa1e',
      },
      {
        name: 'nvidia-cusolver-cu12',
        version: '11.7.5.82',
        sha256: '15da72d1340d29b5b3cf3fd100e3cd53421dde36002eda6ed93811af63c40d88',
      },
      {
        name: 'nvidia-cusparse-cu12',
        version: '12.5.10.65',
        sha256: '73060ce019ac064a057267c585bf1fd5a353734151f87472ff02b2c5c9984e78',
      },
      {
        name: 'nvidia-nccl-cu12',
        version: '2.32.3',
        sha256: 'bb94b2348e4861d5e8aa00b36c3d12d9bdf9c6369b82cbb723de0b582280a21c',
      },
      {
        name: 'nvidia-nvjitlink-cu12',
        version: '12.9.86',
        sha256: 'e3f1171dbdc83c5932a45f0f4c99180a70de9bd2718c1ab77d14104f6d7147f9',
      },
    ],
    megabytes: { download: 3380, disk: 5300 },
  },
};
