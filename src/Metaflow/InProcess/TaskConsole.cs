using System.Text;

namespace Metaflow.InProcess;

/// <summary>Gives each task that shares this process a console of its own.</summary>
/// <remarks>The console belongs to the whole process, so that there is one object of this class: what is written while a task runs goes to
/// the task, on whatever thread its code runs; all else goes where it went before. Not seen: what is written to a stream of
/// <see cref="Console.OpenStandardOutput()"/> or by native code. Where the program sets the console's writers itself later, they are taken
/// over again at the next run.</remarks>
internal sealed class TaskConsole
{
    private readonly AsyncLocal<TaskWriters?> _task = new();
    private readonly Lock _lock = new();
    private TextWriter? _output;
    private TextWriter? _error;

    private TaskConsole()
    {
    }

    /// <summary>Gets the console of this process.</summary>
    public static TaskConsole OfProcess { get; } = new();

    /// <summary>Takes over the writers of the console, unless that is done.</summary>
    public void Install()
    {
        lock (_lock)
        {
            if (Console.Out != _output)
            {
                Console.SetOut(new Router(Console.Out, () => _task.Value?.Output));
                _output = Console.Out;
            }

            if (Console.Error != _error)
            {
                Console.SetError(new Router(Console.Error, () => _task.Value?.Error));
                _error = Console.Error;
            }
        }
    }

    /// <summary>Makes writers the console of the calling task and of all that it starts.</summary>
    /// <param name="writers">The writers.</param>
    public void Enter(TaskWriters writers) => _task.Value = writers;

    /// <summary>Writes to the task that runs here, or to the writer that was there before.</summary>
    private sealed class Router(TextWriter before, Func<TextWriter?> find) : TextWriter
    {
        public override Encoding Encoding => before.Encoding;

        private TextWriter Target => find() ?? before;

        public override void Write(char value) => Target.Write(value);

        public override void Write(string? value) => Target.Write(value);

        public override void Write(char[] buffer, int index, int count) => Target.Write(buffer, index, count);

        public override void Write(ReadOnlySpan<char> buffer) => Target.Write(buffer);

        public override void WriteLine() => Target.WriteLine();

        public override void WriteLine(string? value) => Target.WriteLine(value);

        public override void WriteLine(ReadOnlySpan<char> buffer) => Target.WriteLine(buffer);

        public override void Flush() => Target.Flush();
    }
}

/// <summary>The console of one task.</summary>
/// <param name="Output">Its standard output.</param>
/// <param name="Error">Its error stream.</param>
internal sealed record TaskWriters(TextWriter Output, TextWriter Error);
