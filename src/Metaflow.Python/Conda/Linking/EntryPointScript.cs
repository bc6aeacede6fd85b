using System.Text;
using Metaflow.Python.Conda.Archives;

namespace Metaflow.Python.Conda.Linking;

/// <summary>The scripts that start the commands of packages for any Python.</summary>
internal static class EntryPointScript
{
    /// <summary>Writes a script.</summary>
    /// <param name="point">The command.</param>
    /// <param name="python">The absolute path of the environment's Python.</param>
    /// <returns>The bytes of the script.</returns>
    public static byte[] Write(EntryPoint point, string python)
    {
        var imported = point.Function.Split('.')[0];
        return Encoding.UTF8.GetBytes(
            $"""
            {Shebang.OfPython(python)}
            import sys

            from {point.Module} import {imported}

            if __name__ == "__main__":
                sys.exit({point.Function}())

            """.ReplaceLineEndings("\n"));
    }
}
