using System.Text;

namespace Metaflow.Launching;

/// <summary>What a process that waits for a task is handed through its standard input.</summary>
/// <param name="Arguments">The arguments of the task, as its command line has them.</param>
/// <param name="Environment">Variables to set.</param>
internal sealed record TaskHandover(IReadOnlyList<string> Arguments, IReadOnlyDictionary<string, string> Environment)
{
    /// <summary>The only argument of a program that shall wait for a task.</summary>
    public const string Verb = "step-when-told";

    /// <summary>Writes the task.</summary>
    /// <param name="stream">The standard input of the process; left open.</param>
    public void Write(Stream stream)
    {
        using var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true);
        writer.Write(Arguments.Count);
        foreach (var argument in Arguments)
        {
            writer.Write(argument);
        }

        writer.Write(Environment.Count);
        foreach (var (name, value) in Environment)
        {
            writer.Write(name);
            writer.Write(value);
        }
    }

    /// <summary>Waits for a task.</summary>
    /// <param name="stream">The standard input of the process.</param>
    /// <returns>The task, or <see langword="null"/> when the input ends without one: there is nothing to do any more.</returns>
    public static TaskHandover? Read(Stream stream)
    {
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        try
        {
            var arguments = new string[reader.ReadInt32()];
            for (var i = 0; i < arguments.Length; i++)
            {
                arguments[i] = reader.ReadString();
            }

            var environment = new Dictionary<string, string>();
            for (var count = reader.ReadInt32(); count > 0; count--)
            {
                var name = reader.ReadString();
                environment[name] = reader.ReadString();
            }

            return new TaskHandover(arguments, environment);
        }
        catch (EndOfStreamException)
        {
            return null;
        }
    }
}
