namespace Metaflow.Python.PyPI.Tags;

/// <summary>What a wheel is made for (PEP 425).</summary>
/// <param name="Interpreter">The Python: <c>cp311</c> or <c>py3</c>.</param>
/// <param name="Abi">The binary interface: <c>cp311</c>, <c>abi3</c> or <c>none</c>.</param>
/// <param name="Platform">The kind of machine: <c>manylinux_2_17_x86_64</c> or <c>any</c>.</param>
internal readonly record struct WheelTag(string Interpreter, string Abi, string Platform)
{
    /// <summary>Returns the tag as names of files have it.</summary>
    /// <returns>The three parts with <c>-</c> between them.</returns>
    public override string ToString() => $"{Interpreter}-{Abi}-{Platform}";
}
