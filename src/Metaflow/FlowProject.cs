namespace Metaflow;

/// <summary>The project and the branch of a run; see <see cref="ProjectAttribute"/>.</summary>
/// <param name="Name">The project's name.</param>
/// <param name="BranchName">The branch: <c>user.NAME</c>, <c>test.BRANCH</c>, <c>prod</c> or <c>prod.BRANCH</c>.</param>
/// <param name="IsUserBranch">Whether it is a user's own.</param>
/// <param name="IsProduction">Whether it is one of production.</param>
/// <param name="FlowName">The flow's name within all projects, <c>project.branch.Flow</c>.</param>
public sealed record FlowProject(string Name, string BranchName, bool IsUserBranch, bool IsProduction, string FlowName);
