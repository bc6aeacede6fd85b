namespace Metaflow.Python.PyPI.Tags;

/// <summary>The operating systems that wheels are made for.</summary>
internal enum PythonSystem
{
    /// <summary>Linux.</summary>
    Linux,

    /// <summary>macOS.</summary>
    MacOS,

    /// <summary>Windows.</summary>
    Windows,
}
