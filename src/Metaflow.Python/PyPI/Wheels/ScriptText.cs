using System.Text;
using Metaflow.Python.PyPI.Tags;

namespace Metaflow.Python.PyPI.Wheels;

/// <summary>Writes programs that a Python in a folder of its own runs.</summary>
/// <param name="layout">The folder.</param>
internal sealed class ScriptText(PrefixLayout layout)
{
    // The systems cut off a longer first line: Linux at 128 bytes up to version 5.1.
    private const int LongestLineOfLinux = 127;
    private const int LongestLineOfMacOS = 512;

    private string Interpreter => layout.System == PythonSystem.Windows
        ? $"{layout.FinalPrefix}\\{layout.Interpreter.Replace('/', '\\')}" : $"{layout.FinalPrefix}/{layout.Interpreter}";

    /// <summary>Returns a program of a wheel with the folder's Python in its first line.</summary>
    /// <param name="content">The program, whose first line can be <c>#!python</c> or <c>#!pythonw</c>.</param>
    /// <returns>The program; the same bytes if the first line is another.</returns>
    public byte[] Localize(byte[] content)
    {
        if (!content.AsSpan().StartsWith("#!python"u8))
        {
            return content;
        }

        var end = content.AsSpan().IndexOf((byte)'\n');
        return [.. Encoding.UTF8.GetBytes(FirstLines()), .. content.AsSpan(end < 0 ? content.Length : end + 1)];
    }

    /// <summary>Returns the files of a program that calls a function.</summary>
    /// <param name="point">The program.</param>
    /// <returns>The paths below the folder, and the bytes.</returns>
    public IEnumerable<(string Path, byte[] Content)> Write(EntryPoint point)
    {
        var code = $"""
            import sys

            from {point.Module} import {point.Attribute.Split('.')[0]}

            if __name__ == "__main__":
                sys.exit({point.Attribute}())

            """.ReplaceLineEndings("\n");
        if (layout.System != PythonSystem.Windows)
        {
            yield return ($"{layout.Scripts}/{point.Name}", Encoding.UTF8.GetBytes(FirstLines() + code));
            yield break;
        }

        // Windows runs no file by its first line.
        var script = point.Name + (point.IsGraphical ? "-script.pyw" : "-script.py");
        var starter = point.IsGraphical ? "start \"\" \"%~dp0..\\pythonw.exe\"" : "\"%~dp0..\\python.exe\"";
        yield return ($"{layout.Scripts}/{script}", Encoding.UTF8.GetBytes(code));
        yield return ($"{layout.Scripts}/{point.Name}.bat", Encoding.UTF8.GetBytes($"@{starter} \"%~dp0{script}\" %*\r\n"));
    }

    // A shell starts a Python whose path is too long for a first line, or has a blank: to Python the three lines are a comment and a text.
    private string FirstLines()
    {
        var python = Interpreter;
        var longest = layout.System == PythonSystem.MacOS ? LongestLineOfMacOS : LongestLineOfLinux;
        if (!python.Contains(' ', StringComparison.Ordinal) && Encoding.UTF8.GetByteCount(python) + 3 <= longest)
        {
            return $"#!{python}\n";
        }

        return $"#!/bin/sh\n'''exec' {Quote(python)} \"$0\" \"$@\"\n' '''\n";
    }

    private static string Quote(string path)
    {
        var text = new StringBuilder("\"");
        foreach (var character in path)
        {
            text.Append(character is '"' or '$' or '`' or '\\' ? "\\" : "").Append(character);
        }

        return text.Append('"').ToString();
    }
}
