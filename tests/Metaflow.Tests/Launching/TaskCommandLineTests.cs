using FsCheck;
using FsCheck.Fluent;
using Metaflow.Errors;
using Metaflow.Joins;
using Metaflow.Launching;
using Metaflow.Storage;

namespace Metaflow.Tests.Launching;

public sealed class TaskCommandLineTests
{
    [Fact]
    public void Arguments_are_read_back_as_they_were_written()
    {
        var line = new TaskCommandLine
        {
            Step = "train",
            RunId = "17",
            TaskId = "12",
            InputPaths = ["17/start/1", "17/start/2"],
            Datastore = StoreAddress.Local("/data/.metaflow"),
            SplitIndex = 3,
            NumParallel = 4,
            Item = new ItemAddress("17/start/1", 5),
            ControlTaskId = "12",
            MainIp = "10.0.0.7",
            Join = JoinKind.Foreach,
            IsSwitch = true,
            NextWhenCaught = ["a", "b"],
            Iterations = [0, 2],
            Attempt = 1,
            MaxUserCodeRetries = 2,
            Namespace = "user:ada",
            With = ["retry:times=2", "timeout:seconds=5"],
        };
        var read = TaskCommandLine.FromArguments(line.ToArguments());
        Assert.Equal(line.ToArguments(), read.ToArguments());
        Assert.Equal(line.With, read.With);
        Assert.Equal(line.InputPaths, read.InputPaths);
        Assert.Equal(3, read.SplitIndex);
        Assert.Equal(line.Item, read.Item);
        Assert.Equal(4, read.NumParallel);
        Assert.Equal(("12", "10.0.0.7"), (read.ControlTaskId, read.MainIp));
    }

    [Theory]
    [InlineData("step")]
    [InlineData("step train")]
    [InlineData("step train --run-id")]
    [InlineData(
        "step train --run-id 1 --task-id 2 --input-paths a/b/c --datastore-root / --retry-count x --max-user-code-retries 0 "
            + "--namespace n --join none")]
    public void Other_arguments_are_refused_with_a_code(string arguments)
    {
        var error = Assert.Throws<ConfigurationException>(() => TaskCommandLine.FromArguments(arguments.Split(' ')));
        Assert.Equal(ErrorCodes.TaskCommandLineMalformed, error.Code);
        Assert.Equal(ExitCodes.Usage, error.ExitCode);
    }

    [Fact]
    public void Input_paths_of_any_number_are_read_back()
        => Prop.ForAll<byte, int>(static (count, seed) =>
        {
            var random = new Random(seed);
            var paths = Enumerable.Range(0, 1 + (count * 5)).Select(i => $"17953/{(random.Next(3) == 0 ? "left" : "right")}/{i}").ToList();
            Assert.Equal(paths, InputPathsText.Parse(InputPathsText.Format(paths)));
        }).QuickCheckThrowOnFailure();

    [Theory]
    [InlineData("1/start/1", "1/start/1")]
    [InlineData("1/a/2,1/a/3", "1/a/:2,3")]
    public void Input_paths_have_the_text_of_the_reference(string paths, string text)
        => Assert.Equal(text, InputPathsText.Format(paths.Split(',')));
}
