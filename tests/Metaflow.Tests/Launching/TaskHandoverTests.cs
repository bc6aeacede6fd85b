using Metaflow.Launching;

namespace Metaflow.Tests.Launching;

public sealed class TaskHandoverTests
{
    [Fact]
    public void A_task_is_read_back_as_it_was_handed_over()
    {
        var handover = new TaskHandover(["step", "", "a\nb\0c", "ünïcode"], new Dictionary<string, string> { ["METAFLOW_RUN_ID"] = "17" });
        using var stream = new MemoryStream();
        handover.Write(stream);
        stream.Position = 0;
        var read = TaskHandover.Read(stream)!;
        Assert.Equal(handover.Arguments, read.Arguments);
        Assert.Equal(handover.Environment, read.Environment);
    }

    [Fact]
    public void An_input_that_ends_without_a_task_hands_over_nothing()
        => Assert.Null(TaskHandover.Read(new MemoryStream()));
}
