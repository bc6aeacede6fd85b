namespace Metaflow.Serialization;

/// <summary>A Python class or function by its names. It is never looked up.</summary>
/// <param name="Module">The module, such as <c>builtins</c>.</param>
/// <param name="Name">The qualified name, such as <c>int</c>.</param>
public sealed record PythonClass(string Module, string Name)
{
    /// <summary>Returns the names in the form of Python code. The module is left out for builtins.</summary>
    /// <returns>The module, a dot and the name.</returns>
    public override string ToString() => Module is "builtins" or "" ? Name : $"{Module}.{Name}";
}
